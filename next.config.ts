import type { NextConfig } from "next";

const config: NextConfig = {
  // These stay outside the bundle: the server process owns their connections and native parts.
  serverExternalPackages: ["pg", "pg-boss", "pg-copy-streams", "isolated-vm", "@prisma/client", "typescript", "openai"],
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // `npm test` checks types; a start should not wait for it.
  typescript: { ignoreBuildErrors: true },
  // A browser that has not seen the page's own icon yet asks for this one.
  rewrites: async () => [{ source: "/favicon.ico", destination: "/icon.svg" }],
};

export default config;
