package io.rioreactive;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which providers this machine has, what each can do, and why a missing one is missing.
 *
 * <pre>{@code
 * RioSupport.providers().forEach(System.out::println);
 * }</pre>
 *
 * <p>Each provider is tried out when it is first asked for: that takes milliseconds and opens
 * sockets on the loopback address. The answer is kept for the life of the JVM, but for a failure
 * that may pass, which is tried again. Any thread.
 */
public final class RioSupport {

  private RioSupport() {}

  /** What a provider may be able to do beyond moving datagrams. */
  public enum Capability {
    /** Tells the destination address and the interface of each received datagram. */
    PACKET_INFO,
    /** Lets a reply leave from the address its request was sent to. */
    REPLY_SOURCE,
    /** Counts what it dropped because the socket's receive buffer was full. */
    KERNEL_DROPS,
    /** Tells the true length of a datagram that did not fit its slot. */
    TRUE_LENGTH,
    /** Tells that an earlier datagram could not be delivered. */
    UNREACHABLE,
    /** Sends a run of equal datagrams in one message. */
    SEGMENTATION,
    /** Receives several datagrams of one peer in one message. */
    COALESCING,
    /** Balances several sockets bound to one port. */
    PUMPS,
    /** Keeps a pump on one CPU. */
    CPU_AFFINITY
  }

  /** Whether a provider has a {@link Capability}. */
  public enum Answer {
    /** It has. */
    YES,
    /** It has not. */
    NO,
    /** It may have; nobody has seen it yet. */
    UNKNOWN
  }

  /**
   * One provider on this machine.
   *
   * @param name as {@link RioUdpServer#provider} takes it
   * @param available whether it works here
   * @param reason {@code works}, or why it does not and what to do about it
   * @param capabilities what it can do; every capability is there
   */
  public record Provider(
      String name, boolean available, String reason, Map<Capability, Answer> capabilities) {

    /** Copies the map. */
    public Provider {
      capabilities = Map.copyOf(capabilities);
    }

    /** Whether it is known to have a capability. */
    public boolean can(Capability capability) {
      return capabilities.get(capability) == Answer.YES;
    }

    /** One line for people. */
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(name).append(": ").append(reason);
      for (Capability capability : Capability.values()) {
        text.append(", ").append(capability.name().toLowerCase(Locale.ROOT));
        text.append(' ').append(capabilities.get(capability));
      }
      return text.toString();
    }
  }

  /** All providers of this library, the best first. */
  public static List<Provider> providers() {
    return Providers.describe();
  }

  /** The provider that {@code auto} takes: the first that works. Empty if none does. */
  public static Optional<Provider> automatic() {
    return providers().stream().filter(Provider::available).findFirst();
  }
}
