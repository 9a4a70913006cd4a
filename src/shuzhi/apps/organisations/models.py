"""Counties, townships, villages and groups: the tree every row hangs on, with its history."""

from django.db import models


class Organisation(models.Model):
    """A unit. `path` is the materialised path of ids with separators, so 11 is never taken for 110."""

    id = models.BigIntegerField(primary_key=True)  #: given by the application
    code = models.CharField(max_length=20, unique=True)  #: 12-digit division code, or an own code
    name = models.CharField(max_length=80)
    full_name = models.CharField(max_length=160)
    level = models.CharField(max_length=12)
    tree = models.CharField(max_length=20, default="administrative")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200, db_index=True)
    opened_on = models.CharField(max_length=10, blank=True)
    closed_on = models.CharField(max_length=10, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")

    class Meta:
        db_table = "organisation"


class Placement(models.Model):
    """Where a unit hung in the tree between two points of the clock; as-of figures add up the tree of their time."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="placements")
    path = models.CharField(max_length=200)
    name = models.CharField(max_length=80)
    from_seq = models.BigIntegerField()
    to_seq = models.BigIntegerField(null=True)  #: exclusive

    class Meta:
        db_table = "placement"
        indexes = [models.Index(fields=["organisation", "from_seq"], name="placement_history")]


class Site(models.Model):
    """Where a unit lies, for the map; a table of its own, so that boundaries are read only there."""

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, primary_key=True, related_name="site"
    )
    longitude = models.DecimalField(max_digits=9, decimal_places=6)  #: degrees, of the label
    latitude = models.DecimalField(max_digits=8, decimal_places=6)
    boundary = models.TextField(blank=True)  #: GeoJSON geometry, Polygon or MultiPolygon

    class Meta:
        db_table = "site"
