/**
 * What is printed is compared as plain text, wherever the tests run: vitest asks for colours on a CI machine, and so do
 * some terminals. Goes first, since colours are decided when a module is loaded, and holds for child processes too.
 */
delete process.env['FORCE_COLOR'];
process.env['NO_COLOR'] = '1';
