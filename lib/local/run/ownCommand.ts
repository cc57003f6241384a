/** How the program was started, for who is to start it again: by npm, by npx, or as a command of the system. */
export function ownCommand({ npm_lifecycle_event: script, npm_command: command }: NodeJS.ProcessEnv): string {
  if (script === "start" || script === "rfm") return `npm ${script === "rfm" ? "run rfm" : "start"} --`;
  return command === "exec" ? "npx rfm" : "rfm";
}
