package io.rioreactive.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Datagrams wait or are lost since the application does not take them. Once a second at most. */
@Name("io.rioreactive.Stall")
@Label("Stall")
@Category("rio-reactive")
@Description("A turn that does not end, or kernel drops on a socket that nobody asks for datagrams")
@StackTrace(false)
final class StallEvent extends Event {

  @Label("Name")
  String name = "";

  @Label("Connection")
  String connection = "";

  @Label("Kind")
  String kind = "";

  @Label("Lasting")
  @Description("How long the turn has lasted so far")
  @Timespan
  long lasting;

  @Label("Kernel Drops")
  @Description("Since the second before")
  long kernelDrops;

  @Label("Stack")
  @Description("Of the pump's thread")
  String stack = "";
}
