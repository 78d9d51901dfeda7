import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../../shared/app/settings';

const enough = { LIFEBOAT_STATE: 'oss://state/lifeboat/', LIFEBOAT_REGION: 'cn-hangzhou' };

describe('the settings', () => {
  it('need the state and the region, and have defaults for the rest', () => {
    expect(readSettings(enough)).toEqual({
      state: { bucket: 'state', prefix: 'lifeboat' },
      region: 'cn-hangzhou',
      networkType: 'public',
      functions: { backups: 'lifeboat-backup', restores: 'lifeboat-restore' },
      apiSigned: false,
      local: false,
    });
    expect(readSettings({ ...enough, LIFEBOAT_STATE: 'oss://state' }).state).toEqual({
      bucket: 'state',
      prefix: '',
    });
  });

  it.each([
    ['LIFEBOAT_STATE', ''],
    ['LIFEBOAT_STATE', 's3://state/x'],
    ['LIFEBOAT_STATE', 'oss://UPPER/x'],
    ['LIFEBOAT_STATE', 'oss://state/a//b'],
    ['LIFEBOAT_STATE', 'oss://state/../other'],
    ['LIFEBOAT_REGION', ''],
    ['LIFEBOAT_REGION', 'hang zhou'],
    ['LIFEBOAT_NETWORK_TYPE', 'vpc'],
    ['LIFEBOAT_SEAL_KEY', 'c2hvcnQ='],
    ['LIFEBOAT_API_TOKEN_SHA256', 'the-token-itself'],
    ['LIFEBOAT_API_SIGNED_DOMAINS', '*.example.com'],
    ['LIFEBOAT_API_SIGNED_DOMAINS', 'https://backup.example.com'],
    ['LIFEBOAT_FC_ENDPOINT', 'http://127.0.0.1:9000'],
    ['LIFEBOAT_FC_ENDPOINT', 'http://fc.example.com'],
    ['LIFEBOAT_FC_ENDPOINT', 'not a url'],
  ])('name %s when it is "%s", and quote no value', (name, value) => {
    const read = () => readSettings({ ...enough, [name]: value });
    expect(read).toThrow(name);
    if (value.length > 5) expect(read).not.toThrow(value);
  });

  it('allow plain HTTP to a loopback endpoint on one machine only', () => {
    const local = { ...enough, LIFEBOAT_LOCAL: '1' };
    expect(
      readSettings({ ...local, LIFEBOAT_FC_ENDPOINT: 'http://127.0.0.1:9000' }).fcEndpoint,
    ).toBeDefined();
    expect(() => readSettings({ ...local, LIFEBOAT_FC_ENDPOINT: 'http://10.0.0.1' })).toThrow(
      'LIFEBOAT_FC_ENDPOINT',
    );
  });
});
