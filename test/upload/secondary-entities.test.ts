import assert from 'node:assert/strict';
import { batchOf } from '../support/batches';
import { openWorld, wholeSet, type Party, type UploadWorld } from '../support/upload-world';

const ofFamily = { refEntityType: 'wks_family', refDatasourceCode: 'cc-family', refEntityId: 'F-1' };
const ofCase = { refEntityType: 'wks_case', refDatasourceCode: 'cc-family-case', refEntityId: 'FC-1' };
const ofProvider = { refEntityType: 'wks_provider', refDatasourceCode: 'cc-provider', refEntityId: 'P-1' };
const ofClaim = { refEntityType: 'wks_claim', refDatasourceCode: 'cc-claim', refEntityId: 'CL-1' };
const ofPayment = { refEntityType: 'wks_billing', refDatasourceCode: 'cc-provider-payment', refEntityId: 'EOP-1' };

describe('the secondary entities', () => {
  let world: UploadWorld;
  let party: Party;

  before(async function () {
    this.timeout(180_000);
    world = await openWorld();
  });
  beforeEach(async () => {
    party = await world.party();
  });
  after(() => world?.close());

  /** What became of each record of a batch, in its order. */
  async function send(entity: string, ...data: object[]): Promise<string[]> {
    const batch = batchOf(party.tenant, entity, { data });
    const answer = (await party.client.call('POST', '/appfile/file/import/data', batch)) as {
      data: { uploadId: string };
    };
    const upload = await party.client.finished(answer.data.uploadId);
    assert.equal(upload.status, 'completed', JSON.stringify(upload.failure));
    return party.outcomes(upload);
  }

  const stored = async (entity: string, id: string): Promise<unknown> => (await party.records(entity))[id]?.document;

  it('hang on a family', async () => {
    await party.send({ family: [{}], family_member: [{}] });
    const familyCase = {
      entityId: 'FC-1',
      ...ofFamily,
      name: 'Case',
      status: 'Active',
      category: 'fundingsource',
      data: { feeWaiver: 'Y', cps: 0, familySize: '3', requestDate: '20260101', stage2StarDate: 'x' },
    };
    assert.deepEqual(await send('family_case', familyCase), ['FC-1 created']);
    assert.deepEqual(await stored('family_case', 'FC-1'), {
      ...familyCase,
      status: 'active',
      disabled: false,
      data: { ...familyCase.data, feeWaiver: true, cps: false, familySize: 3 },
    });

    const income = {
      entityId: 'I-1',
      ...ofFamily,
      data: { parentId: 'M-1', startDate: 20260101, monthlyIncome: '1,200.50' },
    };
    const unknown = { ...income, entityId: 'I-2', data: { parentId: 'M-1', childId: 'M-9', countable: true } };
    assert.deepEqual(await send('family_income', income, unknown), [
      'I-1 created',
      'I-2 created SOFT_REFERENCE_UNRESOLVED:data.childId',
    ]);
    assert.deepEqual(((await stored('family_income', 'I-1')) as { data: unknown }).data, {
      parentId: 'M-1',
      startDate: '20260101',
      monthlyIncome: 1200.5,
    });

    const need = { entityId: 'N-1', ...ofFamily, data: { parentId: 'M-9', startDate: 20261301, totalHours: 'x' } };
    assert.deepEqual(await send('family_need', need), [
      'N-1 errored INVALID_DATE:data.startDate INVALID_NUMBER:data.totalHours',
    ]);
    assert.deepEqual(await send('family_need', { ...need, data: { parentId: 'M-9', startDate: 20260101 } }), [
      'N-1 created SOFT_REFERENCE_UNRESOLVED:data.parentId',
    ]);

    const invoice = {
      entityId: 'V-1',
      ...ofFamily,
      external_billing_account: 'acc',
      post_date: '2026-01-01T00:00:00',
      to_email: 'A@B.example',
      amount: '12.345678',
      items: { itemCode: 'fee', quantity: '2', price: 6.1 },
    };
    assert.deepEqual(await send('family_invoice', invoice), ['V-1 created']);
    assert.deepEqual(await stored('family_invoice', 'V-1'), {
      ...invoice,
      to_email: 'a@b.example',
      amount: 12.345678,
      items: [{ itemCode: 'fee', quantity: 2, price: 6.1 }],
    });
  });

  it('hang on a provider, a claim or a payment', async () => {
    await party.send(wholeSet);
    const holidays = [{ name: 'New Year', date: '01/01/2026', isPaid: 'yes' }];
    assert.deepEqual(
      await send('provider_holiday', { entityId: 'H-1', ...ofProvider, data: { year: 2026, holidays } }),
      ['H-1 created'],
    );
    assert.deepEqual(((await stored('provider_holiday', 'H-1')) as { data: unknown }).data, {
      year: '2026',
      holidays: [{ name: 'New Year', date: '20260101', isPaid: true }],
    });
    const timesheet = { ProviderDetails: { ProviderID: 'P-1' }, DailySchedules: [{ DayNo: 1, Schedule1: 'No Care' }] };
    assert.deepEqual(
      await send(
        'document',
        { entityId: 'D-1', ...ofClaim, language: 'English', data: timesheet },
        { entityId: 'D-2', ...ofPayment, data: { EOPCode: 'E', PaymentTotal: 1.5 } },
        { entityId: 'D-3', ...ofPayment, refEntityId: 'EOP-9' },
        { entityId: 'D-4', ...ofProvider },
      ),
      [
        'D-1 created',
        'D-2 created',
        'D-3 parked REFERENCE_UNRESOLVED:refEntityId',
        'D-4 errored INVALID_ENUM:refEntityType INVALID_ENUM:refDatasourceCode',
      ],
    );
    assert.deepEqual(((await stored('document', 'D-1')) as { data: unknown }).data, timesheet);
  });

  it('are notes on every kind of parent, which wait for the right one', async () => {
    await party.send({ family: [{}], provider: [{}] });
    const note = { action: 'Comment', actionTime: '2026-01-01T08:00:00.0000000Z', isInternal: 1 };
    assert.deepEqual(
      await send(
        'note',
        { entityId: 'N-1', ...ofFamily, ...note },
        { entityId: 'N-2', ...ofCase, ...note },
        { entityId: 'N-3', ...ofProvider, ...note, action: 'call' },
        { entityId: 'N-4', ...ofClaim, ...note },
        // The key of a provider is nobody among the families.
        { entityId: 'N-5', ...ofFamily, refEntityId: 'P-1' },
      ),
      [
        'N-1 created',
        'N-2 parked REFERENCE_UNRESOLVED:refEntityId',
        'N-3 created VALUE_UNKNOWN:action',
        'N-4 parked REFERENCE_UNRESOLVED:refEntityId',
        'N-5 parked REFERENCE_UNRESOLVED:refEntityId',
      ],
    );
    await send('family_case', { entityId: 'FC-1', ...ofFamily });
    assert.deepEqual(Object.keys(await party.records('note')), ['N-1', 'N-2', 'N-3']);
    await party.send(wholeSet);
    assert.deepEqual(Object.keys(await party.records('note')), ['N-1', 'N-2', 'N-3', 'N-4']);
    assert.deepEqual(await stored('note', 'N-4'), {
      entityId: 'N-4',
      ...ofClaim,
      ...note,
      action: 'comment',
      isInternal: true,
      disabled: false,
    });
  });

  it('are errors when the two constants are not a pair', async () => {
    await party.send({ family: [{}], provider: [{}] });
    assert.deepEqual(
      await send(
        'note',
        { entityId: 'N-1', ...ofFamily, refDatasourceCode: 'cc-provider' },
        { entityId: 'N-2', ...ofFamily, refEntityType: 'wks_care' },
        { entityId: 'N-3', ...ofFamily, refEntityType: ' WKS_FAMILY ', refDatasourceCode: 'CC-Family' },
        { entityId: 'N-4', ...ofFamily, refEntityId: '' },
      ),
      [
        'N-1 errored INVALID_ENUM:refDatasourceCode',
        'N-2 errored INVALID_ENUM:refEntityType',
        'N-3 created',
        'N-4 errored REQUIRED_MISSING:refEntityId',
      ],
    );
    assert.deepEqual(await send('family_case', { entityId: 'FC-1', ...ofProvider }), [
      'FC-1 errored INVALID_ENUM:refEntityType INVALID_ENUM:refDatasourceCode',
    ]);
    assert.deepEqual(await send('provider_holiday', { entityId: 'H-1', ...ofFamily }), [
      'H-1 errored INVALID_ENUM:refEntityType INVALID_ENUM:refDatasourceCode',
    ]);
  });

  it('go in with their parents in one upload of files, and are refused under disabled ones', async () => {
    const columns = 'entityId:string|refEntityType:string|refDatasourceCode:string|refEntityId:string|disabled:bool';
    const file = (entity: string, code: string, type: string, rows: string[]): string =>
      [
        '00|A|cc5|20260115003000|r',
        `01|${type}|${party.tenant.workspaceId}|${party.tenant.bucketId}|${code}|`,
        '02|entityId',
        `03|${columns}`,
        ...rows,
        `99|${rows.length}`,
        '',
      ].join('\n');
    const upload = await party.client.upload({
      ...party.filesOf({ family: [{}, { entityId: 'F-2', disabled: true }] }),
      'note.cc5txt': file('note', 'cc-note', 'wks_note', [
        '10|N-1|wks_case|cc-family-case|FC-1|false|',
        '10|N-2|wks_family|cc-family|F-2|false|',
        '10|N-3|wks_family|cc-family|F-2|true|',
        '10|N-4|wks_case|cc-family-case|FC-2|false|',
      ]),
      'case.cc5txt': file('family_case', 'cc-family-case', 'wks_case', [
        '10|FC-1|wks_family|cc-family|F-1|false|',
        '10|FC-2|wks_provider|cc-family|F-1|false|',
      ]),
    });
    assert.deepEqual(await party.outcomes(upload), [
      'F-1 created',
      'F-2 created',
      'FC-1 created',
      'FC-2 errored INVALID_ENUM:refEntityType',
      'N-1 created',
      'N-2 errored REFERENCE_DISABLED:refEntityId',
      'N-3 created',
      'N-4 parked REFERENCE_REJECTED:refEntityId',
    ]);
  });
});
