import * as v from 'valibot';
import { fault } from '../../platform/input/parse';

/** Why a person holds or accepts a backup. */
export const markReasonSchema = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty(fault('is empty', 'say why in a few words')),
  v.maxLength(500, fault('is too long', 'say why in at most 500 characters')),
);
