export interface Attributes {
  isFolder: boolean;
  isWritable: boolean;
  sizeBytes: number;
  modified: Date;
}

export interface Entry extends Attributes {
  name: string;
}

const folderBits = 0o040000;
const fileBits = 0o100000;

export function modeOf({ isFolder, isWritable }: Attributes): number {
  if (isFolder) return folderBits | (isWritable ? 0o755 : 0o555);
  return fileBits | (isWritable ? 0o644 : 0o444);
}
