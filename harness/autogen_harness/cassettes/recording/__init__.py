"""Record cassettes from live services, and find out where a service no longer answers as recorded.

The modules here are reached from :meth:`~autogen_harness.cassettes.player.Player.record`, the plugin's options and the
commands ``record`` and ``cassette drift``. A test that only plays cassettes loads none of them.
"""
