import assert from 'node:assert/strict';
import { callActivities, type CalledActivities } from '../support/activities';
import { PatientUploads } from '../support/patient-upload';
import { useStack, type TestStack } from '../support/stack';
import { freshTenant } from '../support/tenants';

const ana = (ehrId: string, notes = ''): string => `Ana,Ruiz,1950-02-03,F,${ehrId},${notes},`;
const ambiguous = 'errored PATIENT_AMBIGUOUS';

/** A file that is imported first, a second one, and what becomes of each row of that: a letter for each patient. */
const cases: readonly { says: string; first: string[]; then: string[]; gives: string[]; patients: number }[] = [
  {
    says: 'knows a patient by EHR ID',
    first: [ana('E-1')],
    then: [ana('E-1', 'new')],
    gives: ['a updated'],
    patients: 1,
  },
  {
    says: 'knows a patient by EHR ID under another name',
    first: [ana('E-1')],
    then: ['Ana,Lee,1950-02-03,F,E-1,,'],
    gives: ['a updated'],
    patients: 1,
  },
  {
    says: 'knows a patient by name, birthday and gender, without regard to case and accents',
    first: [ana('')],
    then: ['ÁNA,RUÍZ,2/3/1950,Female,,new,'],
    gives: ['a updated'],
    patients: 1,
  },
  {
    says: 'finds by name who has an EHR ID, when the row has none',
    first: [ana('E-1')],
    then: [ana('', 'new')],
    gives: ['a updated'],
    patients: 1,
  },
  {
    says: 'gives the EHR ID to the one patient who has none',
    first: [ana('')],
    then: [ana('E-1')],
    gives: ['a updated'],
    patients: 1,
  },
  {
    says: 'never joins patients of different EHR IDs',
    first: [ana('E-1')],
    then: [ana('E-2')],
    gives: ['b created'],
    patients: 2,
  },
  {
    says: 'gives an unknown EHR ID to who has none, not to who has another',
    first: [ana('E-1'), 'Ana,Ruiz,1950-02-03,M,,,'],
    then: ['Ana,Ruiz,1950-02-03,M,E-2,,'],
    gives: ['b updated'],
    patients: 2,
  },
  {
    says: 'does not choose between two patients',
    first: [ana('E-1'), ana('E-2')],
    then: [ana('', 'new'), ana('E-2', 'new')],
    gives: [ambiguous, 'b updated'],
    patients: 2,
  },
  {
    says: 'does not choose between two EHR IDs for one patient',
    first: [ana('')],
    then: [ana('E-1'), ana('E-2'), 'Bo,Lee,1951-01-01,M,,,'],
    gives: [ambiguous, ambiguous, 'b created'],
    patients: 2,
  },
  {
    says: 'makes one patient of two rows of one person',
    first: [],
    then: [ana('', 'first'), ana('E-1', 'second')],
    gives: ['a superseded DUPLICATE_IN_FILE', 'a created DUPLICATE_IN_FILE'],
    patients: 1,
  },
  {
    says: 'makes one patient of two names under one EHR ID',
    first: [],
    then: [ana('E-1'), 'Ana,Lee,1950-02-03,F,E-1,,'],
    gives: ['a superseded DUPLICATE_IN_FILE', 'a created DUPLICATE_IN_FILE'],
    patients: 1,
  },
  {
    says: 'counts patients that the file itself brings as candidates',
    first: [],
    then: [ana('E-1'), ana('E-2'), ana('')],
    gives: ['a created', 'b created', ambiguous],
    patients: 2,
  },
  {
    says: 'does not count a row that does not go in',
    first: [],
    then: [ana('E-1'), 'Ana,,1950-02-03,F,E-1,,'],
    gives: ['a created', 'errored REQUIRED_MISSING'],
    patients: 1,
  },
  {
    says: 'keeps people apart who differ in gender or birthday',
    first: [ana('')],
    then: ['Ana,Ruiz,1950-02-03,M,,,', 'Ana,Ruiz,1950-02-04,F,,,'],
    gives: ['b created', 'c created'],
    patients: 3,
  },
  {
    says: 'sees that nothing is new',
    first: [ana('E-1', 'a note')],
    then: [ana('E-1'), 'Bo,Lee,1951-01-01,M,,,'],
    gives: ['a unchanged', 'b created'],
    patients: 2,
  },
];

describe('matching of patients', function () {
  this.timeout(60_000);

  let stack: TestStack;
  let activities: CalledActivities;

  before(async () => {
    stack = await useStack();
    activities = await callActivities(stack);
  });

  after(() => activities.close());

  const newUploads = async () => new PatientUploads(stack, activities, await freshTenant(stack));

  for (const { says, first, then, gives, patients } of cases) {
    it(says, async () => {
      const uploads = await newUploads();
      const letters = new Map<string, string>();
      const letterOf = (patient: string): string => {
        if (!letters.has(patient)) letters.set(patient, String.fromCharCode(97 + letters.size));
        return letters.get(patient)!;
      };
      if (first.length > 0) for (const { patient } of await uploads.import(first)) letterOf(patient!);
      const rows = await uploads.import(then);
      assert.deepEqual(
        rows.map(({ patient, outcome, codes }) =>
          [...(patient ? [letterOf(patient)] : []), outcome, ...codes].join(' '),
        ),
        gives,
      );
      assert.equal(Object.keys(await uploads.patients()).length, patients);
      const keys = await stack.db('patient_keys').where({ tenant_id: uploads.tenant.tenantId });
      assert.equal(keys.length, patients);
    });
  }

  it('lays cells over what is stored, those of later rows over earlier ones, and empty ones over nothing', async () => {
    const uploads = await newUploads();
    await uploads.import(['Ana,Ruiz,1950-02-03,F,E-1,old note,402-555-0001']);
    await uploads.import(['Ana,Ruiz,1950-02-03,F,E-1,first,402-555-0002', 'Ana,Ruiz,1950-02-03,F,E-1,second,']);
    const [[entityId, patient]] = Object.entries(await uploads.patients()) as [[string, Record<string, unknown>]];
    const { birthday, gender, homePhone, ...rest } = patient;
    assert.deepEqual(rest, { entityId, firstName: 'Ana', lastName: 'Ruiz', ehrId: 'E-1', notes: 'second' });
    assert.ok(birthday && gender && String(homePhone).endsWith('0002'), 'kept from the earlier row');
  });

  it('names another line for each row of a patient who stands in a file several times', async () => {
    const uploads = await newUploads();
    await uploads.import([ana('E-1'), 'Bo,Lee,1951-01-01,M,,,', ana('E-1'), ana('')]);
    const rows = await stack.db('upload_rows').where({ tenant_id: uploads.tenant.tenantId }).orderBy('row_no');
    const lines = rows.map(({ problems }) => /line (\d+)/.exec(problems?.[0].message ?? '')?.[1]);
    assert.deepEqual(lines, ['4', undefined, '2', '2']);
  });

  it('plans thousands of rows of one patient without joining each with all others', async () => {
    const uploads = await newUploads();
    const { ref, uploadSeq } = await uploads.stage(Array.from({ length: 3_000 }, (_, i) => ana('E-1', `note ${i}`)));
    const began = Date.now();
    await activities.run('planUpload', ref);
    // A third of a second; each with all others, it was a quarter of a minute.
    assert.ok(Date.now() - began < 8_000);
    await uploads.finish(ref);
    assert.equal((await uploads.ledger(uploadSeq)).filter(({ outcome }) => outcome === 'created').length, 1);
    assert.equal(Object.values(await uploads.patients())[0]!.notes, 'note 2999');
  });

  it('finds a patient by the new name once it has changed, and no more by the old one', async () => {
    const uploads = await newUploads();
    await uploads.import([ana('E-1')]);
    await uploads.import(['Ana,Lee,1950-02-03,F,E-1,,']);
    const [byNew, byOld] = await uploads.import(['Ana,Lee,1950-02-03,F,,new,', ana('')]);
    assert.deepEqual([byNew!.outcome, byOld!.outcome], ['updated', 'created']);
  });

  it('finds nobody of another tenant', async () => {
    const [one, other] = [await newUploads(), await newUploads()];
    await one.import([ana('E-1')]);
    assert.equal((await other.import([ana('E-1')]))[0]!.outcome, 'created');
  });

  it('gives rows that are staged again after a database crash the patients that the plan gave them', async () => {
    const uploads = await newUploads();
    const { ref, uploadSeq } = await uploads.stage([ana('E-1'), ana('E-2'), ana(''), ana('E-2', 'again')]);
    await activities.run('planUpload', ref);
    const planned = await uploads.ledger(uploadSeq);
    const { rows } = await stack.db.raw(
      `SELECT format('staging.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'staging' AND tablename LIKE ?`,
      [`u${uploadSeq}\\_%`],
    );
    await stack.db.raw(`TRUNCATE ${rows.map(({ name }: { name: string }) => name).join(', ')}`);
    assert.deepEqual(await activities.run('planUpload', ref), { status: 'staging-lost' });
    await activities.run('stageChunk', { ...ref, entity: 'patient', index: 0 });
    assert.deepEqual(await activities.run('planUpload', ref), { status: 'done' });
    await uploads.finish(ref);
    assert.deepEqual(await uploads.ledger(uploadSeq), planned);
    const patients = await uploads.patients();
    assert.deepEqual(
      Object.keys(patients).sort(),
      [...new Set(planned.flatMap(({ patient }) => patient ?? []))].sort(),
    );
  });
});
