/** All transcripts that are kept. */
import { ownFiles } from "./own-files.ts";
import { camelsGb, caravan } from "./published.ts";

export const transcripts = [ownFiles, camelsGb, caravan];
