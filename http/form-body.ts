import type { FastifyInstance } from 'fastify';

/** The forms of our pages are less than a kilobyte; anything larger is something else. */
const bodyLimit = 16 * 1024;

/** Every body arrives as the text it is: both forms that RFC 8058 allows, and those that forget to say which. */
export function readFormBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit }, (_request, body, done) => done(null, body));
}
