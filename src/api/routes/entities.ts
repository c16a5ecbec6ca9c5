import { Router, type RequestHandler } from 'express';
import { careCloudEntities, findEntity } from '../../domain/entities';
import { jsonSchema } from '../../domain/json-schema';
import { Refusal } from '../../doors/refusal';
import { methodNotAllowed } from '../errors';

/** What may be uploaded, read from the entity definitions themselves. */
export function createEntityRoutes(): Router {
  const routes = Router();
  routes.route('/').get(showEntities).all(methodNotAllowed('GET'));
  routes.route('/:name/schema').get(showSchema).all(methodNotAllowed('GET'));
  return routes;
}

const showEntities: RequestHandler = (_req, res) => {
  const entities = careCloudEntities.map(({ name, title, entityType, dataSourceCode, description, references }) => ({
    name,
    title,
    entityType,
    dataSourceCode,
    description,
    references: references.map(({ field, target, soft, whenDataSourceCode }) => ({
      field,
      target,
      required: !soft,
      // One of several that a row may have: this is the one where its refDatasourceCode says so.
      ...(whenDataSourceCode && { refDatasourceCode: whenDataSourceCode }),
    })),
  }));
  res.json({ entities });
};

const showSchema: RequestHandler<{ name: string }> = (req, res) => {
  const definition = findEntity(req.params.name);
  if (!definition) throw new Refusal('NOT_FOUND', 'There is no such entity; GET /v1/entities lists them.');
  res.type('application/schema+json').send(JSON.stringify(jsonSchema(definition)));
};
