import assert from 'node:assert/strict';
import {
  doorCodes,
  fileCodes,
  fileProblem,
  messageFor,
  reportProblem,
  rowCodes,
  severityOf,
} from '../../src/domain/codes';

describe('the catalogue of codes', () => {
  it('names each code once', () => {
    const codes = [rowCodes, fileCodes, doorCodes].flatMap((codeTable) => Object.keys(codeTable));
    assert.equal(new Set(codes).size, codes.length);
  });

  it('has a sentence, a cause and a fix for every code', () => {
    for (const [code, entry] of Object.entries({ ...rowCodes, ...fileCodes, ...doorCodes })) {
      assert.match(messageFor(code), /^\S.*\.$/, code);
      assert.doesNotMatch(messageFor(code), /[{}]/, code);
      assert.match(entry.cause, /\.$/, code);
      assert.match(entry.fix, /\.$/, code);
    }
  });

  it('fills in the field, or names the row', () => {
    assert.equal(messageFor('REQUIRED_MISSING', { field: 'dob' }), 'dob is required: send a value.');
    assert.match(messageFor('REQUIRED_MISSING'), /^the row is/);
  });

  it('gives an unknown code back instead of failing', () => {
    assert.equal(messageFor('LATER_CODE'), 'LATER_CODE');
    assert.equal(severityOf('LATER_CODE'), 'error');
  });

  it('reports warnings as errors when the tenant wants it, and nothing else', () => {
    const raised = new Set(['NAME_MISMATCH', 'REFERENCE_UNRESOLVED']);
    assert.equal(reportProblem({ code: 'NAME_MISMATCH', field: 'childName' }).severity, 'warning');
    assert.equal(reportProblem({ code: 'NAME_MISMATCH', field: 'childName' }, raised).severity, 'error');
    assert.equal(reportProblem({ code: 'REFERENCE_UNRESOLVED', field: 'childId' }, raised).severity, 'parked');
  });

  it('names the line of a file in the message and beside it', () => {
    const problem = fileProblem('FILE_HEADER_INVALID', 3, { reason: 'row 02 is expected here' });
    assert.deepEqual(problem, {
      code: 'FILE_HEADER_INVALID',
      line: 3,
      message: 'Line 3 of the file header is wrong: row 02 is expected here.',
    });
    assert.equal('line' in fileProblem('FILE_EMPTY'), false);
  });
});
