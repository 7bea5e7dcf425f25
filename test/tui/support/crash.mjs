// Loaded into the dashboard by a test, with NODE_OPTIONS: SIGUSR2 is a bug of ours, as an exception or as a promise that nobody has waited for.
process.on('SIGUSR2', () => {
  if (process.env.CRASH === 'rejection') void Promise.reject(new Error('crashed on purpose'))
  else throw new Error('crashed on purpose')
})
