/** Prints, as the very last line of a run, how many tests passed, failed and were skipped. */
module.exports = class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const line = `${results.numPassedTests} passed, ${failed} failed, ${results.numPendingTests} skipped`;
    // Jest's own summary comes after every other reporter.
    process.once('exit', () => console.log(line));
  }
};
