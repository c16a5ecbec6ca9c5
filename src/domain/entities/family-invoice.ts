import { comment, commonFields, customData, entityId } from './common-fields';
import type { EntityDefinition, FieldDefinition } from './definition';
import { refersBy, toFamily, tripleFields, tripleReferences } from './reference-triple';

const invoiceItemFields: readonly FieldDefinition[] = [
  { name: 'itemCode', kind: 'string', description: 'What is charged.' },
  { name: 'quantity', kind: 'number', description: 'Number of units.' },
  { name: 'price', kind: 'number', description: 'Dollars a unit.' },
];

/** Family invoice (data-model A.8): no soft delete and no tags; amounts keep six decimals (A.0.7). */
export const familyInvoice: EntityDefinition = {
  name: 'family_invoice',
  title: 'Family Invoice',
  entityType: 'wks_billing',
  dataSourceCode: 'cc-family-invoice',
  description: 'An invoice to a family for its fee.',
  fields: [
    entityId,
    ...tripleFields(toFamily),
    { name: 'external_billing_account', kind: 'string', description: 'Account at the billing service.' },
    { name: 'subject', kind: 'string', personal: true, description: 'Subject.' },
    { name: 'description', kind: 'string', personal: true, description: 'Description.' },
    { name: 'post_date', kind: 'timestamp', description: 'When it was posted.' },
    { name: 'due_date', kind: 'timestamp', description: 'When it is due.' },
    { name: 'paid_date', kind: 'timestamp', description: 'When it was paid.' },
    { name: 'from_email', kind: 'email', personal: true, description: 'E-mail address of the sender.' },
    { name: 'from_name', kind: 'name', personal: true, description: 'Name of the sender.' },
    { name: 'to_email', kind: 'email', personal: true, description: 'E-mail address of the receiver.' },
    { name: 'to_name', kind: 'name', personal: true, description: 'Name of the receiver.' },
    { name: 'amount', kind: 'number', description: 'Amount in dollars, up to six decimals.' },
    { name: 'status', kind: 'string', description: 'State of the invoice.' },
    { name: 'stripe_customer', kind: 'string', description: 'Customer at Stripe.' },
    { name: 'stripe_invoice', kind: 'string', description: 'Invoice at Stripe.' },
    { name: 'items', kind: 'list', fields: invoiceItemFields, description: 'Items of the invoice.' },
    comment,
    customData([]),
    ...commonFields().filter(({ name }) => name !== 'disabled' && name !== 'tags'),
  ],
  ...refersBy(...tripleReferences(toFamily)),
};
