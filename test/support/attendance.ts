/** The published example's way of writing an attendance: sums are texts, what is not there is null (data-model A.7). */

interface Day {
  date: string;
  /** `08:00 AM`; none on a day of absence. */
  from?: string;
  to?: string;
  hours?: string;
}

const nullSums = {
  nhtotaldays: null,
  ahtotaldays: null,
  nhtotalhours: null,
  ahtotalhours: null,
  satotalhours: null,
  sutotalhours: null,
};

function dayOf({ date, from, to, hours }: Day): object {
  const isabsence = from === undefined;
  return {
    attendancedate: date,
    isabsence,
    absencetype: null,
    signinout: isabsence
      ? null
      : [
          {
            signin: `${date} ${from}`,
            signout: `${date} ${to}`,
            signInId: '6f0c4f4e-1d0f-4a3e-8f4b-000000000001',
            signOutId: '6f0c4f4e-1d0f-4a3e-8f4b-000000000002',
            comment: 'clock',
          },
        ],
    comment: ' ',
    dailysummary: {
      ...nullSums,
      totaldays: isabsence ? '0' : '1',
      thtotalhours: isabsence ? null : hours,
      totalabsence: isabsence ? '1' : '0',
    },
  };
}

const sums = (totaldays: string, thtotalhours: string, totalabsence: string) => ({
  ...nullSums,
  totaldays,
  thtotalhours,
  totalabsence,
});

/** January 2017, which began on a Sunday; three days and an absence. */
export const exampleAttendance = {
  header: { agencycode: 'RBUSD', type: 'attendance', createtime: '20170201' },
  body: {
    claimid: '35293',
    invocieamount: null,
    familyfee: null,
    comment: null,
    attendanceinfo: [
      dayOf({ date: '20170103', from: '02:44 PM', to: '06:01 PM', hours: '3.28' }),
      dayOf({ date: '20170104', from: '08:00 AM', to: '12:30 PM', hours: '4.50' }),
      dayOf({ date: '20170109' }),
      dayOf({ date: '20170110', from: '11:30 AM', to: '12:15 PM', hours: '0.75' }),
    ],
    summary: {
      wk1: sums('2', '7.78', '0'),
      wk2: sums('1', '0.75', '1'),
      wk3: sums('0', '0.00', '0'),
      wk4: sums('0', '0.00', '0'),
      wk5: sums('0', '0.00', '0'),
      wk6: sums('0', '0.00', '0'),
      month: sums('3', '8.53', '1'),
    },
    version: 'v1',
    versiondate: '20170201080000',
    DigitalSubmission: '1',
    SubmitDate: '20170201081500',
    MissingDailySiguature: '1',
    MissingConfirmSiguature: '0',
  },
  footer: { crc: '' },
};

/** The same as the table has it: everything but the days beside `body`, keys spelt right. */
export function tableAttendance(): object {
  const { header, body, footer } = exampleAttendance;
  const {
    summary,
    version,
    versiondate,
    DigitalSubmission,
    SubmitDate,
    MissingDailySiguature,
    MissingConfirmSiguature,
    invocieamount,
    ...inBody
  } = body;
  return {
    header,
    body: { ...inBody, invoiceamount: invocieamount },
    footer,
    summary,
    version,
    versiondate,
    DigitalSubmission,
    SubmitDate,
    MissingDailySignature: MissingDailySiguature,
    MissingConfirmSignature: MissingConfirmSiguature,
  };
}

export const providerSignature = Buffer.from('a provider signs'.repeat(40)).toString('base64');
export const parentSignature = Buffer.from('a parent signs'.repeat(40)).toString('base64');

/** A record of CCN for the claim of `wholeSet`, signed by its provider. */
export function attendanceRecord(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    entityId: 'CL-1',
    claimId: 'CL-1',
    childId: 'M-1',
    providerId: 'P-1',
    familyId: 'F-1',
    providerType: 'licensed-center',
    startDate: '20260101',
    endDate: '20260131',
    attendance: exampleAttendance,
    providerSignDate: '20170201081500',
    providerSignature,
    status: 'active',
    metadata: { customerId: '17', customerName: 'Agency' },
    ...more,
  };
}
