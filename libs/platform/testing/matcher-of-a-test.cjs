/** What a feature gives to `BulkOpener`, as small as it can be. */
exports.matcher = (input) => (text) => text.includes(input);
