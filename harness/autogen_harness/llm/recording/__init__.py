"""From a real run to a script: what the real model answered, as turns that give the same conversation again."""
