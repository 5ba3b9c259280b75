import { type Settings, SettingsError } from "./settings.ts";
import { parseManifest } from "./trusted-documents/manifest.ts";
import { type TrustedDocuments, trustedDocuments } from "./trusted-documents.ts";
import { WatchedFile, type WatchedFileOptions } from "./watched-file.ts";

/** Trusted documents of a process, and what ends with it. */
export interface ServedDocuments extends Disposable {
  trustedDocuments: TrustedDocuments;
}

/** Reads the manifest of the settings, and watches it. Rejects with `SettingsError` where it cannot be used. */
export async function serveTrustedDocuments(
  { TRUSTED_DOCUMENTS: path, TRUSTED_DOCUMENTS_MODE: mode }: Settings,
  log: WatchedFileOptions<unknown>["log"],
): Promise<ServedDocuments> {
  const name = "TRUSTED_DOCUMENTS";
  const parse = (text: string) => parseManifest(text, name);
  const file = await WatchedFile.open({ name, path, parse, log }).catch((error: Error) => {
    throw new SettingsError(error.message);
  });
  return {
    trustedDocuments: trustedDocuments({ documents: () => file.value, mode }),
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}
