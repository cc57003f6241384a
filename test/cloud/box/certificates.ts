import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";

/** Files of a certificate authority of the box's own, which nothing else trusts. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  /** Options by which a Java machine trusts the authority. */
  readonly javaOptions: readonly string[];
}

const DAYS = "30";
const PASSWORD = "changeit";

/** Makes an authority and a certificate of 127.0.0.1, and has this process trust it. */
export function makeCertificates(folder: string, java: string): Certificates {
  mkdirSync(folder);
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { stdio: "ignore", cwd: folder });
  const newKey = (name: string): string[] => ["-newkey", "rsa:2048", "-nodes", "-keyout", `${name}.key`];
  openssl("req", "-x509", ...newKey("authority"), "-out", "authority.pem", "-days", DAYS, "-subj", "/CN=cloud box");
  openssl("req", ...newKey("server"), "-out", "server.csr", "-subj", "/CN=127.0.0.1");
  writeFileSync(path("names.txt"), "subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n");
  const signer = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-days", DAYS];
  openssl("x509", "-req", "-in", "server.csr", ...signer, "-extfile", "names.txt", "-out", "server.pem");
  const store = ["-keystore", path("trust.p12"), "-storetype", "PKCS12", "-storepass", PASSWORD];
  const keytool = java.includes("/") ? join(dirname(java), "keytool") : "keytool";
  const imported = ["-importcert", "-noprompt", "-alias", "box", "-file", path("authority.pem"), ...store];
  execFileSync(keytool, imported, { stdio: "ignore" });
  setDefaultCACertificates([...getCACertificates(), readFileSync(path("authority.pem"), "utf8")]);
  return {
    authority: path("authority.pem"),
    certificate: path("server.pem"),
    key: path("server.key"),
    javaOptions: [`-Djavax.net.ssl.trustStore=${path("trust.p12")}`, `-Djavax.net.ssl.trustStorePassword=${PASSWORD}`],
  };
}
