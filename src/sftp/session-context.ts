import type { SftpFolder } from '../contracts/sftp-folders';
import type { FolderListing } from './folder-listing';
import type { IncomingFile } from './incoming-file';
import type { Store, StoredObject } from '../platform/read-objects';
import type { OutgoingFile } from './outgoing-file';
import type { Entry } from './protocol/attributes';
import type { StatusCode } from './protocol/codes';
import { maxOpenHandles } from './protocol/limits';
import { SftpRefusal } from './protocol/refusal';
import type { TransferSlots } from './transfer-slots';
import type { Home } from './virtual-path';

export type OpenHandle =
  | { kind: 'incoming'; key: string; folder: SftpFolder; file: IncomingFile; openedMs: number }
  | {
      kind: 'outgoing';
      folder: SftpFolder;
      file: OutgoingFile;
      object: StoredObject;
      sentBytes: number;
      openedMs: number;
    }
  | { kind: 'folder'; listing: FolderListing; entry: Entry };

/** What is told of an act when it has ended: never a name, which may be a patient's. */
export interface Act {
  action: 'put' | 'get' | 'remove' | 'rename';
  folder: SftpFolder;
  code: StatusCode | 'ABORTED';
  bytes?: number;
  tookMs: number;
}

export interface SessionContext {
  store: Store;
  home: Home;
  maxFileBytes: number;
  slots: TransferSlots;
  handles: HandleTable;
  /** When the session began: the time of folders, which have none. */
  since: Date;
  report(act: Act): void;
}

export interface HandleTable {
  /** @throws SftpRefusal when there are too many */
  add(handle: OpenHandle): string;
  /** @throws SftpRefusal for a handle that is not open */
  get(id: string): OpenHandle;
  remove(id: string): void;
  /** The upload under way to a key. */
  incomingTo(key: string): Extract<OpenHandle, { kind: 'incoming' }> | undefined;
  all(): OpenHandle[];
  /** What was asked took long: nobody could use anything meanwhile. */
  useAll(): void;
  /** Ids of what nothing was asked about for so long. */
  unusedFor(ms: number): string[];
}

/** Handles of one session. Their ids are counted and mean nothing in another session. */
export function createHandleTable(): HandleTable {
  const open = new Map<string, { handle: OpenHandle; usedMs: number }>();
  let count = 0;
  return {
    add(handle) {
      if (open.size >= maxOpenHandles) throw new SftpRefusal('FAILURE', 'Too many files are open: close some first.');
      count += 1;
      const id = String(count);
      open.set(id, { handle, usedMs: performance.now() });
      return id;
    },
    get(id) {
      const found = open.get(id);
      if (!found) throw new SftpRefusal('FAILURE', 'This file is not open, or was closed since it was not used.');
      found.usedMs = performance.now();
      return found.handle;
    },
    remove: (id) => void open.delete(id),
    incomingTo(key) {
      for (const { handle } of open.values()) if (handle.kind === 'incoming' && handle.key === key) return handle;
      return undefined;
    },
    all: () => [...open.values()].map(({ handle }) => handle),
    useAll() {
      for (const each of open.values()) each.usedMs = performance.now();
    },
    unusedFor(ms) {
      const unused = [...open].filter(([, { usedMs }]) => performance.now() - usedMs > ms);
      return unused.map(([id]) => id);
    },
  };
}
