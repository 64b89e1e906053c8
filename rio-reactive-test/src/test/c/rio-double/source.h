/*
 * Sends from a source address that the program asked for by control data. Wine's WSASendMsg takes
 * control data and ignores it, so under Wine the datagram leaves through a socket of the double:
 * bound to that address and the port of the program's socket, and connected to port 9 of its own
 * address, so that it receives nothing.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "worker.h"

/* On the worker. True: sent, or refused with *error. False: it has to go through the program's
 * socket. */
bool source_send(struct operation *send, DWORD *bytes, int *error);
void sources_close(struct rq *rq); /* under the lock */

#endif
