package io.rioreactive.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Throttle;

/** A datagram that was not delivered or not sent. Whoever sends them fills no recording. */
@Name("io.rioreactive.Drop")
@Label("Drop")
@Category("rio-reactive")
@Description("A datagram that was not delivered, or not sent")
@Throttle("300/s")
@StackTrace(false)
final class DropEvent extends Event {

  @Label("Name")
  String name = "";

  @Label("Connection")
  String connection = "";

  @Label("Reason")
  String reason = "";

  @Label("Direction")
  String direction = "";

  @Label("Peer")
  String peer = "";

  @Label("Length")
  @DataAmount
  int length;
}
