/** As file systems have it: a client keeps the file under this name on its own disk. */
export const maxNameBytes = 255;

/** Longest name of a patient file: the name of its results is longer by the day and the number of the run. */
export const maxPatientFileNameBytes = 235;

/** Nothing that a disk, a shell, a terminal or another folder could be reached with. */
// eslint-disable-next-line no-control-regex
export const forbiddenInNames = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd\\/]/;
