import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { FloorList, FloorMeasured } from './floor-message';

/** Lists everything by bare requests in a fresh process, as what it is compared with runs in one. */
export async function runFloor(list: FloorList): Promise<FloorMeasured> {
  const child = fork(join(__dirname, 'floor-process.js'), [], { execArgv: [] });
  return new Promise((resolve, reject) => {
    child.once('message', (measured) => resolve(measured as FloorMeasured));
    child.once('exit', (code) => reject(new Error(`the bare list ended with code ${code}`)));
    child.send(list);
  });
}
