import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where the gateway listens: `npx cloudflare-iam-graphql --sandbox`, or one of your own. */
const gateway = process.env.GATEWAY ?? "http://localhost:4000";
const proxy = { "/graphql": gateway };

/** What the built page may do: run its own scripts, and ask its own origin. Serve it with this header. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export default defineConfig({
  // It may be put below any path.
  base: "./",
  plugins: [react()],
  build: { target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy },
  preview: { proxy, headers: { "content-security-policy": policy } },
});
