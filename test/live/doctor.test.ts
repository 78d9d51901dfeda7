import { expect, it } from '@jest/globals';
import { deployedOf } from '../../shared/app/doctor/deployed-of';
import { examineInstallation } from '../../shared/app/doctor/doctor';
import type { Finding } from '../../shared/app/doctor/finding';
import { installationOfEnvironment } from '../../shared/app/from-environment';
import { describeLive } from './describe-live';

describeLive('Function Compute answers as doctor reads it', {}, () => {
  it('finds every function, and the timers', async () => {
    const installation = await installationOfEnvironment();
    const findings: Finding[] = [];
    for await (const finding of examineInstallation(installation, deployedOf(installation)))
      findings.push(finding);
    const functions = findings.filter(({ about }) => about.startsWith('function '));
    expect(functions.length).toBeGreaterThan(0);
    expect(functions.filter(({ level }) => level !== 'ok')).toEqual([]);
  }, 120_000);
});
