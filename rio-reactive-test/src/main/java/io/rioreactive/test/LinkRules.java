package io.rioreactive.test;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Which link a datagram meets, by where it comes from and where it goes; and who is cut off from
 * whom. Guarded by the kernel's lock.
 */
final class LinkRules {

  private record Rule(AddressPattern from, AddressPattern to, Link link) {}

  private record Partition(AddressPattern a, AddressPattern b) {

    boolean separates(InetSocketAddress from, InetSocketAddress to) {
      return (a.matches(from) && b.matches(to)) || (b.matches(from) && a.matches(to));
    }

    boolean isBetween(AddressPattern one, AddressPattern other) {
      return (a.equals(one) && b.equals(other)) || (a.equals(other) && b.equals(one));
    }

    @Override
    public String toString() {
      return a + " and " + b;
    }
  }

  private Link everywhere = Link.create();
  private final List<Rule> rules = new ArrayList<>();
  private final List<Partition> partitions = new ArrayList<>();
  private int version;

  /** Another one after each change. */
  int version() {
    return version;
  }

  void set(Link link) {
    everywhere = link;
    version++;
  }

  void set(AddressPattern from, AddressPattern to, Link link) {
    rules.removeIf(rule -> rule.from().equals(from) && rule.to().equals(to));
    rules.add(new Rule(from, to, link));
    version++;
  }

  /** Of several that fit the one that was said last. */
  Link link(InetSocketAddress from, InetSocketAddress to) {
    for (Rule rule : rules.reversed()) {
      if (rule.from().matches(from) && rule.to().matches(to)) {
        return rule.link();
      }
    }
    return everywhere;
  }

  void separate(AddressPattern a, AddressPattern b) {
    Partition partition = new Partition(a, b);
    partitions.removeIf(known -> known.isBetween(a, b));
    partitions.add(partition);
    version++;
  }

  void heal(AddressPattern a, AddressPattern b) {
    if (!partitions.removeIf(partition -> partition.isBetween(a, b))) {
      throw new IllegalArgumentException(
          "heal: there is no partition between "
              + a
              + " and "
              + b
              + ": "
              + (partitions.isEmpty() ? "there is none at all" : "there are those of " + partitions)
              + "; name it as it was made, or call heal()");
    }
    version++;
  }

  void heal() {
    partitions.clear();
    version++;
  }

  boolean isPartitioned(InetSocketAddress from, InetSocketAddress to) {
    return partitions.stream().anyMatch(partition -> partition.separates(from, to));
  }
}
