export type BannerFacts = {
  host: string
  gateways: readonly { telnet?: number; http?: number; telnets?: number }[]
  servers: readonly { http?: number }[]
  web: readonly { http?: number }[]
  wizard: { name: string; password: string | undefined }
  dataDir: string
  logDir: string
  seconds: number
}

/** What a start ends with: where everything is. The password is there on the first run only, and only if it was made up. */
export function banner({ host, gateways, servers, web, wizard, dataDir, logDir, seconds }: BannerFacts): string {
  const health = (name: string, { http }: { http?: number }, index: number) =>
    ['health', `http://${host}:${http}/readyz   (${name} ${index})`] as const
  const rows = [
    ...gateways.map(({ telnet }) => ['telnet', `telnet ${host} ${telnet}`] as const),
    ...gateways.flatMap(({ telnets }) => (telnets === undefined ? [] : [['telnets', `${host}:${telnets}`] as const])),
    ...web.flatMap(({ http }) => [
      ['play', `http://${host}:${http}/play`] as const,
      ['console', `http://${host}:${http}`] as const,
    ]),
    ...gateways.map((ports, index) => health('gateway', ports, index)),
    ...servers.map((ports, index) => health('server', ports, index)),
    ...web.map((ports, index) => health('console', ports, index)),
    ['wizard', wizard.name] as const,
    ...(wizard.password === undefined
      ? [['', `(password forgotten: npm run wizard:reset -- ${wizard.name})`] as const]
      : [['password', `${wizard.password}   (shown this once)`] as const]),
    ['data', dataDir] as const,
    ['logs', logDir] as const,
  ]
  const lines = rows.map(([label, value]) => `    ${label.padEnd(10)}${value}`)
  return ['', `  Holdfast is up (${seconds.toFixed(1)} s)`, '', ...lines, '', '  Ctrl-C stops everything.', ''].join(
    '\n',
  )
}
