import { Router, type RequestHandler } from 'express';
import { entityDefinitions } from '../../domain/entities';
import { methodNotAllowed } from '../errors';

/** What may be uploaded, read from the entity definitions themselves. */
export function createEntityRoutes(): Router {
  const routes = Router();
  routes.route('/').get(showEntities).all(methodNotAllowed('GET'));
  return routes;
}

const showEntities: RequestHandler = (_req, res) => {
  const entities = entityDefinitions.map(({ name, title, entityType, dataSourceCode, description, references }) => ({
    name,
    title,
    entityType,
    dataSourceCode,
    description,
    references: references.map(({ field, target, soft }) => ({ field, target, required: !soft })),
  }));
  res.json({ entities });
};
