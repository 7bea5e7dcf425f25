/** 1 team, 2 teams, 1,000 teams. @param what in the singular; `many` where it takes more than an s */
export const plural = (count: number, what: string, many = `${what}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? what : many}`
