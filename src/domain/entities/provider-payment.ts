import { commonFields, customData, entityId } from './common-fields';
import type { EntityDefinition } from './definition';
import { paymentStatus } from './enums';
import { addressFields, paymentItemFields } from './sub-models';

/** Provider payment, also called EOP (data-model A.6). */
export const providerPayment: EntityDefinition = {
  name: 'provider_payment',
  title: 'Provider Payment',
  entityType: 'wks_billing',
  dataSourceCode: 'cc-provider-payment',
  description: 'Explanation of a payment to a provider (EOP).',
  fields: [
    entityId,
    {
      name: 'refEntityType',
      kind: 'enum',
      values: ['wks_provider'],
      synonyms: { 'wks-provider': 'wks_provider' },
      required: true,
      description: 'Entity type of the record that is paid.',
    },
    {
      name: 'refDatasourceCode',
      kind: 'enum',
      values: ['cc-provider'],
      required: true,
      description: 'Data source code of the record that is paid.',
    },
    { name: 'refEntityId', kind: 'id', required: true, description: 'Provider that is paid.' },
    { name: 'providerId', kind: 'id', description: 'Same as refEntityId.' },
    { name: 'providerName', kind: 'name', description: 'Copy of the name of the provider.' },
    { name: 'address', kind: 'address', fields: addressFields, personal: true, description: 'Where the EOP is sent.' },
    { name: 'email', kind: 'email', personal: true, description: 'E-mail address.' },
    { name: 'eopCode', kind: 'string', description: 'Code of the explanation of payment.' },
    { name: 'payDate', kind: 'date', description: 'Day of payment.' },
    { name: 'amount', kind: 'money', description: 'Amount in dollars.' },
    { name: 'status', ...paymentStatus, description: 'State of the payment.' },
    { name: 'items', kind: 'list', fields: paymentItemFields, description: 'Items of the payment.' },
    customData([
      { name: 'contractCode', kind: 'string', description: 'Code of the contract.' },
      { name: 'claimZeroCount', kind: 'free', description: 'Passed through: its type differs between sources.' },
      { name: 'exportId', kind: 'string', description: 'Key of the export.' },
      { name: 'exportDate', kind: 'date', description: 'Day of the export.' },
      { name: 'familyFeeAmount', kind: 'number', description: 'Family fees in dollars.' },
      { name: 'paymentAmount', kind: 'number', description: 'Payment in dollars.' },
    ]),
    ...commonFields([
      { name: 'customerId', kind: 'string', outerAliases: ['customerId'], description: 'Customer id of CCN.' },
      { name: 'customerName', kind: 'string', outerAliases: ['customerName'], description: 'Customer name of CCN.' },
    ]),
  ],
  references: [{ field: 'refEntityId', target: 'provider', whenDataSourceCode: 'cc-provider' }],
  exposes: {},
  copies: [{ field: 'providerName', of: 'refEntityId', attribute: 'name' }],
  matches: [],
};
