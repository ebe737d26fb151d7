/** What tests and measurements need beside npm's packages, installed where that can be done without asking. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The command that installs a package on Debian. */
export const installation = (name, options = "") =>
  `apt-get${options} update && apt-get${options} install -y --no-install-recommends ${name}`;

/**
 * Installs a package as root on Debian, and nowhere else. Two test files may want the same at once, and `apt-get` gives up where another
 * one is at work: they take turns, and the second finds it done.
 */
export function installOnDebian(name) {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return;
  const isThere = `dpkg-query --show --showformat='\${Status}' ${name} 2> /dev/null | grep --quiet ' installed$'`;
  const command = `${isThere} || { ${installation(name, " -o DPkg::Lock::Timeout=300")}; }`;
  spawnSync("flock", ["--timeout", "600", join(tmpdir(), "argmin-apt.lock"), "sh", "-c", command], {
    stdio: "ignore",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
