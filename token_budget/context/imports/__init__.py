"""Which files import which, from what they say."""
