import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate with its key, as PEM. */
export interface Certificate {
  key: string;
  cert: string;
}

/** Certificates that sign themselves, made by the machine's `openssl`: good ones, one that is over, one of another host. */
export function certificates(): Record<"good" | "expired" | "future" | "otherHost" | "proxied", Certificate> {
  const folder = mkdtempSync(join(tmpdir(), "certificates-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const config = `[ca]\ndefault_ca=own\n[own]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=any\ncopy_extensions=copy\nunique_subject=no\nx509_extensions=v3\n[any]\ncommonName=supplied\n[v3]\nbasicConstraints=CA:true\n[req]\ndistinguished_name=dn\n[dn]\n`;
  writeFileSync(join(folder, "config"), config);
  writeFileSync(join(folder, "index"), "");
  writeFileSync(join(folder, "serial"), "01\n");

  const make = (name: string, from: string, to: string, names: string): Certificate => {
    const [key, request, cert] = ["key", "csr", "pem"].map((ending) => `${name}.${ending}`) as [string, string, string];
    openssl(
      "req",
      "-new",
      "-config",
      "config",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      key,
      "-out",
      request,
      "-subj",
      `/CN=${name}`,
      "-addext",
      `subjectAltName=${names}`,
    );
    openssl(
      "ca",
      "-batch",
      "-config",
      "config",
      "-selfsign",
      "-keyfile",
      key,
      "-in",
      request,
      "-out",
      cert,
      "-notext",
      "-startdate",
      from,
      "-enddate",
      to,
    );
    const read = (file: string) => readFileSync(join(folder, file), "utf8");
    return { key: read(key), cert: read(cert) };
  };
  const here = "DNS:localhost,IP:127.0.0.1";
  const [past, soonPast, farFuture, future] = [
    "20200101000000Z",
    "20200201000000Z",
    "20991231000000Z",
    "20900101000000Z",
  ];
  try {
    return {
      good: make("good", past, farFuture, here),
      expired: make("expired", past, soonPast, here),
      future: make("future", future, farFuture, here),
      otherHost: make("other", past, farFuture, "DNS:other.example"),
      proxied: make("proxied", past, farFuture, "DNS:api.upstream.test"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
