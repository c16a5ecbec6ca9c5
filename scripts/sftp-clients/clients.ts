import { execFile, execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { repoRoot } from '../stack/paths';
import type { StackFile } from '../stack/stack-file';

const run = promisify(execFile);

export type Act = ['put' | 'get' | 'rename', string, string] | ['remove', string];

export interface SftpClient {
  name: string;
  /** @throws Error when the client says that it failed */
  act(act: Act): Promise<void>;
}

/** Each client that is on this machine, with the name of each that is not; paramiko is installed, once. */
export function findClients(sftp: StackFile['sftp'], folder: string): { found: SftpClient[]; missing: string[] } {
  const clients: Record<string, () => SftpClient['act']> = {
    lftp: () => lftp(sftp),
    rclone: () => rclone(sftp, path.join(folder, 'rclone.conf')),
    psftp: () => psftp(sftp, folder),
    python3: () => paramiko(sftp),
  };
  const isHere = (program: string): boolean => {
    const places = (process.env.PATH ?? '').split(path.delimiter);
    return places.some((place) => existsSync(path.join(place, program)));
  };
  const names = Object.keys(clients);
  return {
    found: names
      .filter(isHere)
      .map((name) => ({ name: name === 'python3' ? 'paramiko' : name, act: clients[name]!() })),
    missing: names.filter((name) => !isHere(name)),
  };
}

function lftp({ host, port, user, password }: StackFile['sftp']): SftpClient['act'] {
  const open = `set sftp:auto-confirm yes; set net:max-retries 1; set xfer:clobber yes; set cmd:fail-exit yes; open -p ${port} -u ${user},${password} sftp://${host}`;
  return async ([act, from, to = '']) => {
    const commands = {
      put: `put "${from}" -o "${to}"`,
      get: `get "${from}" -o "${to}"`,
      rename: `mv "${from}" "${to}"`,
      remove: `rm "${from}"`,
    };
    await run('lftp', ['-c', `${open}; ${commands[act]}`]);
  };
}

function rclone({ host, port, user, password }: StackFile['sftp'], config: string): SftpClient['act'] {
  const obscured = execFileSync('rclone', ['obscure', password], { encoding: 'utf8' }).trim();
  writeFileSync(config, `[c]\ntype = sftp\nhost = ${host}\nport = ${port}\nuser = ${user}\npass = ${obscured}\n`);
  return async ([act, from, to = '']) => {
    const commands = {
      put: ['copyto', from, `c:${to}`],
      get: ['copyto', `c:${from}`, to],
      rename: ['moveto', `c:${from}`, `c:${to}`],
      remove: ['deletefile', `c:${from}`],
    };
    await run('rclone', ['--config', config, '--retries', '1', '--ignore-times', ...commands[act]]);
  };
}

/** PuTTY's, on whose protocol code FileZilla and WinSCP are built. */
function psftp({ host, port, user, password }: StackFile['sftp'], folder: string): SftpClient['act'] {
  const scanned = execFileSync('ssh-keyscan', ['-p', String(port), '-t', 'ed25519', host], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  const keys = path.join(folder, 'host.pub');
  writeFileSync(keys, scanned.split(' ').slice(1).join(' '));
  const fingerprint = execFileSync('ssh-keygen', ['-l', '-f', keys], { encoding: 'utf8' }).split(' ')[1] ?? '';
  const batch = path.join(folder, 'psftp.txt');
  return async ([act, from, to = '']) => {
    const verb = { put: 'put', get: 'get', rename: 'mv', remove: 'rm' }[act];
    writeFileSync(batch, `${verb} "${from}"${to ? ` "${to}"` : ''}\nquit\n`);
    await run('psftp', [
      '-batch',
      '-hostkey',
      fingerprint,
      '-P',
      String(port),
      '-pw',
      password,
      '-b',
      batch,
      `${user}@${host}`,
    ]);
  };
}

function paramiko({ host, port, user, password }: StackFile['sftp']): SftpClient['act'] {
  const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
  const venv = path.join(cache, 'careway', 'sftp-clients');
  const python = path.join(venv, 'bin/python');
  const requirements = path.join(repoRoot, 'tools/sftp-clients/requirements.txt');
  if (!existsSync(path.join(venv, 'ready'))) {
    execFileSync('python3', ['-m', 'venv', venv]);
    execFileSync(python, ['-m', 'pip', 'install', '-q', '-r', requirements], { stdio: 'inherit' });
    writeFileSync(path.join(venv, 'ready'), '');
  }
  const script = path.join(repoRoot, 'tools/sftp-clients/act.py');
  return async (act) => void (await run(python, [script, host, String(port), user, password, ...act]));
}
