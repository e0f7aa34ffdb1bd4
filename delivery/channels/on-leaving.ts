import type { ClientRequest } from 'node:http';

/**
 * Calls `leaves` as soon as a byte of a request may have left this machine: before that, and never after, it is certain that
 * the other side has nothing of it. On a new socket nothing is written before it is connected, over TLS nothing before both
 * have shaken hands; on any other socket it may be written at once.
 *
 * Whether the socket is new is asked of itself. `reusedSocket` is false for a request that waited in the agent's queue and
 * got the connection of another one, so it would call many a message unsent that had left.
 */
export function onLeaving(request: ClientRequest, isEncrypted: boolean, leaves: () => void): void {
  request.once('socket', (socket) => {
    if (!socket.connecting) return leaves();
    socket.once(isEncrypted ? 'secureConnect' : 'connect', leaves);
  });
}
