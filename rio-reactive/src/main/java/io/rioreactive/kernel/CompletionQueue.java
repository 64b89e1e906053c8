package io.rioreactive.kernel;

import java.io.IOException;

/**
 * The kernel's side of one pump: where the completions of all its sockets arrive.
 *
 * <p>One owner: the thread that opened it. {@link #wake} alone may be called by any thread.
 *
 * <p>The pump's cycle is {@code dequeue → (work, posts) → commit of each touched socket → await}.
 */
public interface CompletionQueue {

  /**
   * Opens, sets up and binds a socket with its slots. Its {@linkplain RequestQueue#index() index}
   * is the lowest that is free.
   *
   * @throws java.net.BindException if the address is taken, not this machine's or not allowed
   * @throws IOException if anything else is refused; then nothing of it stays behind
   */
  RequestQueue openSocket(SocketConfig config) throws IOException;

  /**
   * Adds completions to the batch. Never blocks. May stop before the batch is full, so that one
   * socket does not keep the others waiting: call it again.
   *
   * @return whether anything was added
   * @throws IOException if the queue itself is broken: no socket on it can go on
   */
  boolean dequeue(CompletionBatch batch) throws IOException;

  /**
   * Waits until {@link #dequeue} may have something, {@link #wake} was called since the last
   * return, or the kernel has a deadline of its own. May return early for no reason. Returns at
   * once where the wait mode is {@link WaitMode#POLLED}.
   *
   * @throws IOException if the queue itself is broken: no socket on it can go on
   */
  void await() throws IOException;

  /**
   * Ends an {@link #await} in progress, or the next one. Any thread; nothing happens once closed.
   */
  void wake();

  /** Closes the queue. Every socket on it must have been released or abandoned. */
  void close();
}
