import { Option } from 'commander';
import { LifeboatError } from '../../shared/platform/errors';
import { jsonPath } from './json-path';

/** What `-o` takes; without it a command prints a table or a sentence. */
export type OutputFormat = 'json' | 'yaml' | 'name' | `jsonpath=${string}`;

/** `-o` of a command that prints one thing. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', "json, yaml, name or jsonpath='{…}'").argParser(
    (value: string) => outputFormat(value),
  );
}

/** Checks the value of `-o`. @param also what else the command takes, for the hint: `wide` */
export function outputFormat(value: string, also?: string): OutputFormat {
  if (value === 'json' || value === 'yaml' || value === 'name') return value;
  if (value.startsWith('jsonpath=')) {
    jsonPath(value.slice('jsonpath='.length));
    return value as OutputFormat;
  }
  throw noFormat(value, `json, yaml, ${also ? `${also}, ` : ''}name or jsonpath='{.metadata.name}'`);
}

/** @param formats those that there are */
function noFormat(value: string, formats: string): LifeboatError {
  return new LifeboatError('invalid', `-o ${value} is not an output format`, { hint: `use -o ${formats}` });
}
