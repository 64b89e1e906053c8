package io.rioreactive.test.contract;

/** What a connection does on every provider, the simulated one included. */
interface ConnectionContract
    extends EchoContract,
        DemandContract,
        InPlaceContract,
        SendContract,
        HandlerContract,
        ClosingContract,
        SharedPumpContract,
        AnyOrderContract,
        KnownFaultsContract,
        MulticastContract,
        RespondContract,
        ClientContract,
        TruncationContract,
        HostileContract {}
