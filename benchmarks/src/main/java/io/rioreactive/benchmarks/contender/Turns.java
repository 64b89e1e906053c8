package io.rioreactive.benchmarks.contender;

import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * To whom datagrams go, one after the other: the targets in turn, until there have been so many.
 * Walking it allocates nothing for each of them.
 */
record Turns(int count, List<InetSocketAddress> targets) implements Iterable<InetSocketAddress> {

  @Override
  public Iterator<InetSocketAddress> iterator() {
    InetSocketAddress[] all = targets.toArray(InetSocketAddress[]::new);
    return new Iterator<>() {
      private int done;
      private int next;

      @Override
      public boolean hasNext() {
        return done < count;
      }

      @Override
      public InetSocketAddress next() {
        if (done == count) {
          throw new NoSuchElementException();
        }
        done++;
        InetSocketAddress target = all[next++];
        if (next == all.length) {
          next = 0;
        }
        return target;
      }
    };
  }
}
