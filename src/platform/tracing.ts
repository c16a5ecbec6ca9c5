import type { IncomingHttpHeaders } from 'node:http';
import type { Context, Span, Tracer } from '@opentelemetry/api';
import type { OpenTelemetryPlugin } from '@temporalio/interceptors-opentelemetry';

export interface Tracing {
  tracer: Tracer;
  /** Carries traces through Temporal: for the client, and for workers with their workflows and activities. */
  plugin: OpenTelemetryPlugin;
  /** A span for a request, as part of the caller's trace when the headers name one. */
  startRequest(tracer: Tracer, headers: IncomingHttpHeaders, method: string): { span: Span; context: Context };
  /** Runs work within the context of a span. */
  within<T>(context: Context, work: () => T): T;
  /** Sends what has not been sent. */
  close(): Promise<void>;
}

/**
 * Traces go to an OTLP collector when one is named. Without one nothing is loaded and nothing costs. Spans carry names of
 * routes, workflows and activities, ids and status codes; never an input, a result or a message.
 */
export async function startTracing(endpoint: string | undefined, service: string): Promise<Tracing | undefined> {
  if (!endpoint) return undefined;
  const [api, hooks, exporting, resources, sdk, temporal] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-base'),
    import('@temporalio/interceptors-opentelemetry'),
  ]);
  const resource = new resources.Resource({ 'service.name': service });
  const exporter = new exporting.OTLPTraceExporter({ url: new URL('/v1/traces', endpoint).href });
  const spanProcessor = new sdk.BatchSpanProcessor(exporter);
  const provider = new sdk.BasicTracerProvider({ resource, spanProcessors: [spanProcessor] });
  provider.register({ contextManager: new hooks.AsyncLocalStorageContextManager().enable() });
  const tracer = provider.getTracer('careway');
  return {
    tracer,
    plugin: new temporal.OpenTelemetryPlugin({ resource, spanProcessor, tracer }),
    startRequest: (own, headers, method) => {
      const caller = api.propagation.extract(api.ROOT_CONTEXT, headers);
      const span = own.startSpan(method, { kind: api.SpanKind.SERVER }, caller);
      return { span, context: api.trace.setSpan(caller, span) };
    },
    within: (context, work) => api.context.with(context, work),
    close: () => provider.shutdown(),
  };
}
