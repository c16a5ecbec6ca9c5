/** CareCloud's answer to every call (data-model B.8), in the camelCase it uses since release 4.0.24.3. */
export interface Envelope<Data> {
  isSuccess: boolean;
  responseStatus: {
    /** Empty on success, as in the ServiceStack convention that the envelope follows. */
    errorCode: string;
    message: string;
    stackTrace: null;
    errors: readonly EnvelopeError[];
  };
  data: Data | null;
  /** Beside a list: how many there are in all (data-model E-18). */
  total?: number;
}

export interface EnvelopeError {
  errorCode: string;
  fieldName: string;
  message: string;
}

export function succeeded<Data>(data: Data): Envelope<Data> {
  return { isSuccess: true, responseStatus: { errorCode: '', message: '', stackTrace: null, errors: [] }, data };
}

export function succeededWithTotal<Data>(data: Data, total: number | undefined): Envelope<Data> {
  return { ...succeeded(data), ...(total !== undefined && { total }) };
}

export function failed(code: string, message: string, field?: string): Envelope<never> {
  const errors = field === undefined ? [] : [{ errorCode: code, fieldName: field, message }];
  return { isSuccess: false, responseStatus: { errorCode: code, message, stackTrace: null, errors }, data: null };
}
