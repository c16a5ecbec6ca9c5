import { Router, type RequestHandler } from 'express';
import { writeTemplate, writeTemplateExample } from '../../domain/formats/patient-csv';
import { methodNotAllowed } from '../errors';
import { readOne, readSome } from '../paging';

/** What senders of patient files need: the template to fill in (data-model D.1, D.3). */
export function createPatientImportRoutes(): Router {
  const routes = Router();
  routes.route('/template').get(showTemplate).all(methodNotAllowed('GET'));
  return routes;
}

/** The header row; with `example=true` also two invented patients. A file to be saved, so that spreadsheets open it. */
const showTemplate: RequestHandler = (req, res) => {
  const example = readOne(req.query.example, 'example');
  const isExample = example !== undefined && readSome(example, 'example', ['true', 'false']).includes('true');
  res
    .type('text/csv')
    .attachment(isExample ? 'patient-import-example.csv' : 'patient-import-template.csv')
    .send(isExample ? writeTemplateExample() : writeTemplate());
};
