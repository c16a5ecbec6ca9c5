export interface RefusalDetails {
  /** The field of the request that is meant, as documented. */
  field?: string;
  /** Ids, codes, limits and names of ours: never a value of a record. */
  details?: Readonly<Record<string, unknown>>;
  /** Headers that belong to the answer, for doors that have them. */
  headers?: Readonly<Record<string, string>>;
}

/** A door's no, with a code of the catalogue. Its message is written for the caller and holds nothing internal. */
export class Refusal extends Error {
  readonly code: string;
  readonly field: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, message: string, details: RefusalDetails = {}) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.field = details.field;
    this.details = details.details;
    this.headers = details.headers ?? {};
  }
}
