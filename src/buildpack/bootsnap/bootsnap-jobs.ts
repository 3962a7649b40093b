import { availableParallelism } from "node:os";
import type { BuildContext } from "../build-context.ts";
import { buildEnvironment } from "../environment/environment.ts";
import type { Installed } from "../installed.ts";
import type { Project } from "../project/project.ts";

/**
 * The words for `bootsnap precompile` that make it use all processors of the build; none if Ruby's processes cannot fork.
 *
 * bootsnap itself tries two forks, because an emulated processor can hang at the second one. It takes them for hanging if
 * they have not quite ended in time, which happens on busy machines, and then uses one processor. Here they have seconds.
 */
export async function jobsOfBootsnap(
  context: BuildContext,
  app: { project: Project; installed: Installed },
  cpus = availableParallelism(),
): Promise<string[]> {
  if (cpus < 2) return [];
  const { exitCode } = await context.run({
    file: "ruby",
    args: ["--disable=gems", "-e", tryForks],
    cwd: app.project.dir,
    env: buildEnvironment(context).bootsnap(app, app.project.dir),
  });
  return exitCode === 0 ? ["--jobs", `${cpus}`] : [];
}

const tryForks = `
pids = Array.new(2) { fork { exit!(true) } }
500.times do
  pids.reject! { |pid| Process.wait(pid, Process::WNOHANG) }
  exit!(true) if pids.empty?
  sleep 0.01
end
pids.each { |pid| Process.kill(:KILL, pid) }
exit!(false)
`;
