package io.rioreactive.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A turn that had something to hand over: thousands a second, so off unless asked for. */
@Name("io.rioreactive.Batch")
@Label("Batch")
@Category("rio-reactive")
@Description("A turn of a pump that had completions to hand over; with the work done for them")
@Enabled(false)
@StackTrace(false)
public final class BatchEvent extends Event {

  @Label("Provider")
  String provider = "";

  @Label("Completions")
  @Description("Receives and sends that the kernel had completed, of all sockets together")
  int completions;

  @Label("Sockets")
  @Description("Sockets on the pump")
  int sockets;

  BatchEvent() {}

  static BatchEvent begun() {
    BatchEvent event = new BatchEvent();
    event.begin();
    return event;
  }

  /** The turn is over; one without completions is no batch. */
  public void finish(String provider, int completions, int sockets) {
    if (completions > 0) {
      this.provider = provider;
      this.completions = completions;
      this.sockets = sockets;
      commit();
    }
  }
}
