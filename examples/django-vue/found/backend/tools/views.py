from django.conf import settings
from django.contrib.auth import authenticate, login
from django.core.signing import Signer
from rest_framework import status, viewsets
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Loan, Tool
from .serializers import LoanSerializer, ToolSerializer


class ToolViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Tool.objects.all()
    serializer_class = ToolSerializer


class LoanViewSet(viewsets.ModelViewSet):
    serializer_class = LoanSerializer
    permission_classes = [IsAuthenticated]

    def get_queryset(self):
        return Loan.objects.filter(member=self.request.user)

    def perform_create(self, serializer):
        serializer.save(member=self.request.user)


class SignIn(APIView):
    permission_classes = [AllowAny]

    def post(self, request):
        name = request.data.get("name", "")
        password = request.data.get("password", "")
        user = authenticate(request, username=name, password=password)
        if user is None:
            return Response(status=status.HTTP_403_FORBIDDEN)
        login(request, user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Card(APIView):
    """The text of the code on a member's card."""

    permission_classes = [IsAuthenticated]

    def get(self, request):
        signer = Signer(key=settings.CARD_SECRET_KEY)
        return Response({"card": signer.sign(str(request.user.pk))})
