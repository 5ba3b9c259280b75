/** `cloudflare-iam-graphql/trusted-documents`: the documents that clients may send, for the option `trustedDocuments`. */

export { type Manifest, parseManifest } from "./server/trusted-documents/manifest.ts";
export { type TrustedDocuments, type TrustedDocumentsOptions, trustedDocuments } from "./server/trusted-documents.ts";
