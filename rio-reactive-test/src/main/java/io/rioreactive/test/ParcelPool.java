package io.rioreactive.test;

import java.util.ArrayDeque;

/**
 * Parcels that are used again, so that a datagram allocates none.
 *
 * <p>Guarded by the kernel's lock.
 */
final class ParcelPool {

  /** What is kept: 64 MiB at most. */
  private static final int MOST = 32_768;

  private static final int LARGEST_BUFFER = 2_048;

  private final ArrayDeque<Parcel> free = new ArrayDeque<>();

  Parcel take() {
    Parcel parcel = free.pollLast();
    return parcel == null ? new Parcel(this) : parcel;
  }

  void put(Parcel parcel) {
    parcel.clear(LARGEST_BUFFER);
    if (free.size() < MOST) {
      free.addLast(parcel);
    }
  }
}
