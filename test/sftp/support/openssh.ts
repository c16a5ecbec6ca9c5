import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface OpenSsh {
  folder: string;
  publicKey: string;
  /** Runs commands of `sftp -b`, which stops at the first that fails unless it begins with a hyphen. */
  sftp(username: string, commands: readonly string[], options?: Options): Promise<Finished>;
  scp(args: readonly string[], options?: Options): Promise<Finished>;
  ssh(username: string, args: readonly string[], options?: Options): Promise<Finished>;
  close(): void;
}

export interface Options {
  /** Log in with this instead of the key. */
  password?: string;
  /** `-o` options besides. */
  settings?: readonly string[];
}

/** OpenSSH's own clients, with a key and a list of known hosts of their own. @throws Error when they are not installed */
export function openOpenSsh(port: number): OpenSsh {
  const folder = mkdtempSync(path.join(tmpdir(), 'careway-openssh-'));
  const keyFile = path.join(folder, 'id_ed25519');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'somebody@somewhere', '-f', keyFile]);
  const askPassword = path.join(folder, 'ask-password');
  writeFileSync(askPassword, '#!/bin/sh\nprintf "%s\\n" "$TEST_PASSWORD"\n');
  chmodSync(askPassword, 0o700);

  const settingsFor = ({ password, settings = [] }: Options): string[] => {
    const login =
      password === undefined
        ? [`IdentityFile=${keyFile}`, 'PreferredAuthentications=publickey']
        : ['PubkeyAuthentication=no', 'PreferredAuthentications=password', 'NumberOfPasswordPrompts=1'];
    const hosts = ['StrictHostKeyChecking=accept-new', `UserKnownHostsFile=${path.join(folder, 'known_hosts')}`];
    return [...settings, ...login, ...hosts, 'IdentitiesOnly=yes', 'IdentityAgent=none', 'LogLevel=ERROR'].flatMap(
      (each) => ['-o', each],
    );
  };
  const run = (program: string, args: readonly string[], input: string, { password }: Options): Promise<Finished> =>
    new Promise((resolve, reject) => {
      const env =
        password === undefined
          ? process.env
          : { ...process.env, SSH_ASKPASS: askPassword, SSH_ASKPASS_REQUIRE: 'force', TEST_PASSWORD: password };
      const child = spawn(program, ['-F', 'none', ...args], { env, cwd: folder });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (data) => (stdout += data));
      child.stderr.on('data', (data) => (stderr += data));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });

  return {
    folder,
    publicKey: execFileSync('ssh-keygen', ['-y', '-f', keyFile], { encoding: 'utf8' }),
    sftp: (username, commands, options = {}) => {
      // Batch mode would keep sftp from asking for a password.
      const batch = options.password === undefined ? ['-b', '-'] : ['-b', '-', '-o', 'BatchMode=no'];
      const args = [
        ...(options.password === undefined ? [] : ['-o', 'BatchMode=no']),
        ...settingsFor(options),
        ...batch,
      ];
      return run('sftp', [...args, '-P', String(port), `${username}@127.0.0.1`], `${commands.join('\n')}\n`, options);
    },
    scp: (args, options = {}) => run('scp', ['-s', ...settingsFor(options), '-P', String(port), ...args], '', options),
    ssh: (username, args, options = {}) =>
      run('ssh', [...settingsFor(options), '-p', String(port), `${username}@127.0.0.1`, ...args], '', options),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
