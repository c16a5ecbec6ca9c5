import assert from 'node:assert/strict';
import {
  associationLevel,
  careCloudEntities,
  entityDefinitions,
  exposedAttributes,
  findEntity,
  findEntityByType,
} from '../../src/domain/entities';
import { stagingColumns } from '../../src/domain/entities/staging-columns';
import { jsonSchema } from '../../src/domain/json-schema';

describe('the entity definitions', () => {
  it('stand in association order', () => {
    assert.deepEqual(
      careCloudEntities.map(({ name }) => [name, associationLevel(name)]),
      [
        ['family', 0],
        ['provider', 0],
        ['family_member', 1],
        ['provider_payment', 1],
        ['family_case', 1],
        ['family_invoice', 1],
        ['provider_holiday', 1],
        ['care', 2],
        ['family_income', 2],
        ['family_need', 2],
        ['claim', 3],
        ['document', 4],
        ['note', 4],
        ['claim_attendance', 4],
      ],
    );
  });

  it('are found by name, and by entity type only together with the data source code', () => {
    assert.equal(findEntity('care')?.entityType, 'wks_service');
    assert.equal(findEntity('nothing'), undefined);
    assert.equal(findEntityByType('wks_billing', 'cc-provider-payment')?.name, 'provider_payment');
    assert.equal(findEntityByType('wks_billing', 'cc-family-invoice')?.name, 'family_invoice');
    assert.equal(findEntityByType('wks_billing', 'cc-family-income'), undefined);
    assert.equal(findEntityByType('wks_attendance', 'cc-claim-attendance')?.writer, 'ccn');
  });

  it('give the patient to its own door only', () => {
    assert.deepEqual(
      entityDefinitions.filter((definition) => !careCloudEntities.includes(definition)).map(({ name }) => name),
      ['patient'],
    );
    const patient = findEntity('patient');
    assert.equal(patient?.door, 'patient-import');
    assert.equal(findEntityByType(patient.entityType, patient.dataSourceCode), undefined);
  });

  it('expose attributes', () => {
    assert.deepEqual(exposedAttributes(), ['dob', 'familyEntityId', 'name', 'providerType']);
  });

  it('name the pair of every entity that a triple may point at', () => {
    for (const { references, fields } of entityDefinitions) {
      for (const { target, whenDataSourceCode } of references) {
        if (whenDataSourceCode === undefined) continue;
        assert.equal(findEntity(target)?.dataSourceCode, whenDataSourceCode);
        const entityTypes = fields.find(({ name }) => name === 'refEntityType')?.values;
        assert.ok(entityTypes?.includes(findEntity(target)?.entityType ?? ''), target);
      }
    }
  });

  for (const definition of entityDefinitions) {
    it(`of ${definition.name} refers only to what exists`, () => {
      const names = definition.fields.map(({ name }) => name);
      assert.equal(names[0], 'entityId');
      assert.equal(new Set(names).size, names.length);
      for (const { field, target } of definition.references) {
        assert.ok(names.includes(field.split('.')[0] ?? ''), field);
        assert.ok(findEntity(target), target);
      }
      for (const { field, of, attribute } of [...definition.copies, ...definition.matches]) {
        assert.ok(names.includes(field), field);
        const reference = definition.references.find((candidate) => candidate.field === of);
        assert.ok(findEntity(reference?.target ?? '')?.exposes[attribute], `${of}.${attribute}`);
      }
      for (const field of [
        ...Object.values(definition.exposes).flat(),
        ...(definition.checks ?? []).flatMap(({ fields }) => fields),
      ]) {
        assert.ok(names.includes(field), field);
      }
    });

    it(`of ${definition.name} gives a JSON Schema with its fields`, () => {
      const schema = jsonSchema(definition);
      const properties = schema['properties'] as Record<string, unknown>;
      assert.deepEqual(
        Object.keys(properties),
        definition.fields.map(({ name }) => name),
      );
      assert.ok((schema['required'] as string[]).includes('entityId'));
    });
  }

  it('give the staging columns of a claim in a fixed order', () => {
    const claim = findEntity('claim');
    assert.ok(claim);
    assert.deepEqual(
      stagingColumns(claim).map(({ name }) => name),
      [
        'ref_0',
        'ref_1',
        'ref_2',
        'ref_3',
        'link_childName',
        'link_childDOB',
        'link_providerName',
        'link_familyId',
        'link_providerType',
      ],
    );
  });
});
